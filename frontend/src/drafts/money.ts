/** Amounts as people type them. */
const DEVANAGARI_ZERO = 0x0966;

/** The amount as the API takes it, `18250.50`; null when it is none. Spaces, commas and the sign are left out. */
export function amountOf(typed: string): string | null {
  const plain = typed.replace(/[०-९]/g, (digit) => String(digit.charCodeAt(0) - DEVANAGARI_ZERO)).replace(/[\s,₹]/g, "");
  return /^\d{1,13}(\.\d{1,2})?$/.test(plain) ? plain : null;
}
