/**
 * What must never be read by anyone: tokens, passwords, digest answers, ICE passwords, digits.
 * Each row is a pattern whose first group stays and whose rest is replaced.
 */
const secrets: readonly RegExp[] = [
  /\b((?:proxy-)?authorization\s*:\s*\w+\s+)[^\r\n]+/gi,
  /\b((?:access_|refresh_)?token["']?\s*[=:]\s*["']?)[^\s"'&,;}]+/gi,
  /\b((?:password|passwd|secret|credential|ha1)["']?\s*[=:]\s*["']?)[^\s"'&,;}]+/gi,
  // Of a digest only: "Unexpected server response: 401" says nothing secret.
  /\b((?:response|c?nonce)\s*=\s*["']?)[^\s"'&,;}]+/gi,
  /\b(a=ice-pwd:)\S+/gi,
  /\b(signal\s*=\s*)[0-9A-D*#,]+/gi,
  /\b(bearer\s+)[\w.~+/-]+=*/gi,
  /()\beyJ[\w-]+\.[\w-]+\.[\w-]+/g,
];

/** The same text with every secret replaced by `[redacted]`. */
export const redact = (text: string): string =>
  secrets.reduce((safe, secret) => safe.replace(secret, '$1[redacted]'), text);
