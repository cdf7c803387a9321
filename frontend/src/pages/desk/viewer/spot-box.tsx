/** A place that is marked, as a box on its page. */
import { messages } from "@/claims/opening-messages";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { type Box, turnedBox } from "./box";

export interface Spot extends Box {
  page: number;
  /** Its number in the form that it belongs to. */
  number?: number;
  /** Whether it is the one that is looked at. */
  isShown: boolean;
}

export function SpotBox({ spot, rotation }: { spot: Spot; rotation: number }) {
  const t = useText(messages);
  const format = useFormat();
  return (
    <div role="img" aria-label={t("place.marked")} data-spot={spot.isShown ? "shown" : ""} className={BOX} style={placed(spot, rotation)}>
      {spot.number && (
        <span className="absolute -top-0.5 -left-0.5 flex h-5 min-w-5 items-center justify-center rounded-br-[3px] bg-[#0e6158] px-1 text-xs font-semibold text-[#fff]" aria-hidden>
          {format.number(spot.number)}
        </span>
      )}
    </div>
  );
}

// A page is white in the dark, too.
export const BOX = "pointer-events-none absolute rounded-[3px] border-2 border-[#0e6158] bg-[#0e6158]/10 shadow-[0_0_0_2px_#fff]";

/** Left is left on a page, in whichever direction its reader writes. */
export function placed(box: Box, rotation: number): { left: string; top: string; width: string; height: string } {
  const { x, y, width, height } = turnedBox(box, rotation);
  return { left: `${x * 100}%`, top: `${y * 100}%`, width: `${width * 100}%`, height: `${height * 100}%` };
}
