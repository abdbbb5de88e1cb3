/** True for SSML: well-formed XML with the root `speak`. W3C Speech Synthesis Markup Language 1.1. */

const piece =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<\/([A-Za-z_][\w:.-]*)\s*>|<([A-Za-z_][\w:.-]*)((?:\s+[A-Za-z_][\w:.-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|[^<]+/gy;
const reference = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-fA-F]+);)/;

/** No declarations of types, no CDATA, the five entities and numbers only. */
export function isSsml(text: string): boolean {
  const whole = text.trim();
  const open: string[] = [];
  let roots = 0;
  let end = 0;
  for (const found of whole.matchAll(piece)) {
    const [all, closes, opens, attributes = '', alone] = found;
    end = found.index + all.length;
    if (closes !== undefined) {
      if (open.pop() !== closes) return false;
    } else if (opens !== undefined) {
      if (open.length === 0) roots += 1;
      if ((open.length === 0 && opens !== 'speak') || reference.test(attributes)) return false;
      if (alone === '') open.push(opens);
    } else if (!all.startsWith('<') && (reference.test(all) || (open.length === 0 && all.trim() !== ''))) return false;
  }
  return end === whole.length && open.length === 0 && roots === 1;
}
