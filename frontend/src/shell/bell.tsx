/** The place of the bell in the header. */
export function Bell() {
  return null;
}
