/** What the address asks for now. The page may show an older one for a moment: a change made in that one would undo the newer. */
export function addressed(): URLSearchParams {
  return new URLSearchParams(window.location.search);
}
