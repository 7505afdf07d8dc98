// What Doorward says on top of the protocol (docs/differences.md, "Additions").
//
// A line that only Doorward's transcript has is no difference when it matches one
// of these. A line that Better Auth has and Doorward lacks always is.

export const ADDITIONS = [
  // Every answer.
  /^ {2}header (x-content-type-options|content-security-policy|referrer-policy|x-frame-options|cross-origin-opener-policy|cross-origin-resource-policy|strict-transport-security|permissions-policy): /,
  // Where a session or a token is answered, and at /jwks.
  /^ {2}header (cache-control|etag): /,
  // Beside X-Retry-After.
  /^ {2}header retry-after: <seconds>$/,
  // Access tokens.
  /\.header\.typ: "JWT"$/,
  /\.claims\.(user_id|sid|jti): /,
  // Keys in the JWKS.
  /\.keys\[\d+\]\.use: "sig"$/,
];

/** Values under these paths are not given names, since only one side has them. */
export const UNNAMED = /\.claims\.(user_id|sid|jti)$/;
