/** The claim that is being written at this desk. */
import { useMe } from "@/api/session";
import { EMPTY, type FieldValues, type FormData } from "../fields";
import { type Kept, keptFor } from "../kept";

export interface Draft extends FieldValues {
  hospital_id: string;
  payer_id: string;
  /** Copied along, without a field here. */
  others: FormData;
  /** The number of the claim it was copied from. */
  source: string;
  /** The number it was given: it is sent, and ends with its receipt. */
  number: string;
}

const NOTHING: Draft = { ...EMPTY, hospital_id: "", payer_id: "", others: {}, source: "", number: "" };

export function useDraft(): Kept<Draft> {
  return keptFor(useMe().id, "submit", NOTHING);
}
