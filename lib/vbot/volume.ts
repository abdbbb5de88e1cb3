/**
 * The volume that was meant, from 0 to 1: the document writes both `0.8` and `80`, so that a value above 1 is a
 * percentage. Everything is clamped. What is no number stays so, and the core refuses it.
 */
export function toVolume(value: number): number {
  return Math.max(0, Math.min(1, value > 1 ? value / 100 : value));
}
