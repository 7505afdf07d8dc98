//! The command line and the variables, before they are settings.

use std::{error::Error as _, ffi::OsStr, net::AddrParseError, num::ParseIntError};

use clap::{
    Arg, Command,
    builder::Resettable,
    error::{ContextKind, ContextValue, ErrorKind},
};

/// A command as if variables that hold nothing were not set: an empty line in a file of variables is a setting that
/// nobody made, and must not switch off a limit.
pub(crate) fn without_empty_variables(command: Command) -> Command {
    let is_empty = |name: &OsStr| std::env::var_os(name).is_some_and(|value| value.is_empty());
    command
        .mut_args(
            |argument| {
                if argument.get_env().is_some_and(is_empty) { argument.env(Resettable::Reset) } else { argument }
            },
        )
        .mut_subcommands(without_empty_variables)
}

/// A variable that cannot be read, in one line as any other mistake in the settings. Whoever typed a flag is answered by
/// clap, in words about flags.
pub(crate) fn in_words(error: &clap::Error, command: &Command) -> Option<String> {
    if !matches!(error.kind(), ErrorKind::ValueValidation | ErrorKind::InvalidValue) {
        return None;
    }
    let flag = text(error, ContextKind::InvalidArg)?.split(' ').next()?;
    if std::env::args().any(|typed| typed.split('=').next() == Some(flag)) {
        return None;
    }
    let argument = find(command, flag.strip_prefix("--")?)?;
    let name = argument.get_env()?.to_string_lossy();
    let value = text(error, ContextKind::InvalidValue)?;
    Some(format!("{name}: {value} cannot be used; {}", remedy(error, argument)))
}

fn remedy(error: &clap::Error, argument: &Arg) -> String {
    if let Some(ContextValue::Strings(names)) = error.get(ContextKind::ValidValue)
        && !names.is_empty()
    {
        return format!("write {}", names.join(" or "));
    }
    match error.source() {
        Some(source) if source.is::<ParseIntError>() => {
            let usual = argument.get_default_values().first().map(|value| value.to_string_lossy().into_owned());
            format!("write a whole number, such as {}", usual.as_deref().unwrap_or("3000"))
        }
        Some(source) if source.is::<AddrParseError>() => "write address and port, such as 127.0.0.1:3000".to_owned(),
        Some(source) => source.to_string(),
        None => "`doorward serve --help` says what it takes".to_owned(),
    }
}

fn text(error: &clap::Error, kind: ContextKind) -> Option<&str> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text),
        _ => None,
    }
}

fn find<'a>(command: &'a Command, long: &str) -> Option<&'a Arg> {
    let own = command.get_arguments().find(|argument| argument.get_long() == Some(long));
    own.or_else(|| command.get_subcommands().find_map(|inner| find(inner, long)))
}
