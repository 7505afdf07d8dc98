//! Reading the shape of an existing database, so that it can be adopted as it is.

use crate::{Database, Dialect, Error, Value};

/// One column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    /// The declared type, in lower case.
    pub kind: String,
    pub not_null: bool,
    pub has_default: bool,
}

const SQLITE: &str =
    r#"SELECT name, lower(type), "notnull", dflt_value IS NOT NULL FROM pragma_table_info($1) ORDER BY cid"#;

const POSTGRES: &str = "SELECT column_name::text, lower(data_type)::text, is_nullable = 'NO',
    column_default IS NOT NULL OR is_identity = 'YES'
  FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position";

pub(crate) async fn columns(database: &Database, table: &str) -> Result<Vec<Column>, Error> {
    let sql = match database.dialect() {
        Dialect::Sqlite => SQLITE,
        Dialect::Postgres => POSTGRES,
    };
    let rows = database.query(sql, &[Value::text(table)]).await?;
    rows.iter()
        .map(|row| {
            Ok(Column {
                name: row.text(0)?,
                kind: row.text(1)?,
                not_null: row.boolean(2)?,
                has_default: row.boolean(3)?,
            })
        })
        .collect()
}
