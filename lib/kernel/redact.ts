/**
 * What must never be read by anyone: tokens, passwords, digest answers, keys of media and ICE, digits.
 * Each row is a pattern whose first group stays and whose rest is replaced.
 */
const secrets: readonly RegExp[] = [
  /\b((?:proxy-)?authorization["']?\s*[=:]\s*["']?\w+\s+)[^\r\n]+/gi,
  // A name that says so, and its value: bare, or to the end of its quotes, which may themselves be quoted.
  /\b([\w-]{0,30}(?:token|password|passwd|pwd|secret|credential|api[_-]?key|ha1)\\?["']?\s*[=:]\s*)(?:\\?"[^"]*"|'[^']*'|[^\s"'&,;}]+)/gi,
  // Of a digest only: "Unexpected server response: 401" says nothing secret.
  /\b((?:response|c?nonce)\s*=\s*)(?:\\?"[^"]*"|'[^']*'|[^\s"'&,;}]+)/gi,
  /\b((?:wss?|https?|sips?|turns?|stuns?):(?:\/\/)?[^\s/@:]+:)[^\s/@]+(?=@)/gi,
  /\b(a=ice-pwd:)\S+/gi,
  /\b(inline:)\S+/gi,
  /\b(signal\s*[=:]\s*)[0-9A-D*#,]+(?!\w)/gi,
  /\b(bearer\s+)[\w.~+/-]+=*/gi,
  /()\beyJ[\w-]+\.[\w-]+\.[\w-]+/g,
];

/** The same text with every secret replaced by `[redacted]`. */
export const redact = (text: string): string =>
  secrets.reduce((safe, secret) => safe.replace(secret, '$1[redacted]'), text);
