export const FAULTS = {};
export const faultyOptions = (_, options) => options;
export const faultyHandler = (_, auth) => auth;
