/** A page as it was photographed, and what is changed about it. */
import { newKey } from "@/api/client";

export interface Page {
  id: string;
  photo: File;
  /** Quarters of a turn, clockwise. */
  turns: number;
  /** What is cut off at the top, right, bottom and left of the photo, as parts of its height or width. */
  insets: readonly number[];
}

export function pageOf(photo: File): Page {
  return { id: newKey(), photo, turns: 0, insets: [0, 0, 0, 0] };
}

/** The edge of the photo that is this one (0 top, 1 right, 2 bottom, 3 left) of the page as it is turned. */
export function edgeOf(turns: number, edge: number): number {
  return (edge - turns + 4) % 4;
}

/** What of a photo of this size is kept, in its pixels, and by how much it is made smaller so that no side is longer than `most`. */
export function frameOf({ insets: [top = 0, right = 0, bottom = 0, left = 0] }: Pick<Page, "insets">, photo: { width: number; height: number }, most: number) {
  const width = photo.width * (1 - left - right);
  const height = photo.height * (1 - top - bottom);
  return { left: photo.width * left, top: photo.height * top, width, height, scale: Math.min(1, most / Math.max(width, height)) };
}
