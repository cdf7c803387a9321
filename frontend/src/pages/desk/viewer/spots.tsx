/** The boxes on a page: the places that are marked there, and the one that is being drawn. */
import { Drawing } from "./drawing";
import { keyOf } from "./box";
import type { Looking } from "./looking";
import { SpotBox } from "./spot-box";

export function Spots({ looking, page }: { looking: Looking; page: number }) {
  const { spots, view, drawing } = looking;
  const here = spots.filter((spot) => spot.page === page);
  return (
    <>
      {here.map((spot) => (
        <SpotBox key={keyOf(spot)} spot={spot} rotation={view.rotation} />
      ))}
      {drawing && <Drawing page={page} looking={looking} drawing={drawing} />}
    </>
  );
}
