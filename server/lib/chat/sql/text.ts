/**
 * Texts as PostgreSQL can keep them: it knows neither U+0000 nor half a surrogate pair, JavaScript does.
 *
 * Such a character becomes U+0001 and another one, and so does U+0001 itself. Everything else stays readable, and the
 * order by code stays what it was, but for halves of pairs.
 */

const halves = { from: 0xd800, to: 0x1000 };

export function encode(text: string): string {
  return text.replace(/[\u0000\u0001\ud800-\udfff]/gu, character => {
    const code = character.charCodeAt(0);
    return `\u0001${String.fromCharCode(code <= 1 ? code + 1 : code - halves.from + halves.to)}`;
  });
}

export function decode(text: string): string {
  return text.replace(/\u0001([\u0001\u0002\u1000-\u17ff])/gu, (_, mark: string) => {
    const code = mark.charCodeAt(0);
    return String.fromCharCode(code <= 2 ? code - 1 : code - halves.to + halves.from);
  });
}
