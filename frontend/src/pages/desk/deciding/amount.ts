/** Amounts compared exactly, in minor units: never as floating numbers. */

const DIGITS = 2;

/** Minor units of an amount as the API writes it, `"18250.50"`. */
export function units(amount: string): bigint {
  const [whole = "0", part = ""] = amount.split(".");
  return BigInt(whole + part.padEnd(DIGITS, "0").slice(0, DIGITS));
}

export function isLess(amount: string, than: string): boolean {
  return units(amount) < units(than);
}

/** `"500.00"`: what `from` has more than `amount`; not below nothing. */
export function difference(from: string, amount: string): string {
  const left = units(from) - units(amount);
  const text = String(left < 0n ? 0n : left).padStart(DIGITS + 1, "0");
  return `${text.slice(0, -DIGITS)}.${text.slice(-DIGITS)}`;
}
