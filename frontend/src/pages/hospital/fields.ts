/** The fields of a patient's form as this desk asks for them; a hospital's own system may send others, and they are kept. */

export type Kind = "text" | "date" | "number" | "gender" | "area";

export interface FormField {
  name: FieldName;
  kind: Kind;
  isWide?: boolean;
}

export const NAMES = [
  "patient_name",
  "uhid",
  "age",
  "date_of_birth",
  "gender",
  "contact",
  "member_id",
  "policy_number",
  "admission_date",
  "discharge_date",
  "diagnosis",
  "procedure",
  "treating_doctor",
  "room",
  "claimed_amount",
  "notes",
] as const;
export type FieldName = (typeof NAMES)[number];

/** Without them no claim is taken. */
export const NEEDED: FormField[] = [
  { name: "patient_name", kind: "text" },
  { name: "claimed_amount", kind: "number" },
];

/** They help the payer to decide. */
export const GROUPS: { id: "patient" | "stay"; fields: FormField[] }[] = [
  {
    id: "patient",
    fields: [
      { name: "uhid", kind: "text" },
      { name: "member_id", kind: "text" },
      { name: "policy_number", kind: "text" },
      { name: "age", kind: "number" },
      { name: "date_of_birth", kind: "date" },
      { name: "gender", kind: "gender" },
      { name: "contact", kind: "text" },
    ],
  },
  {
    id: "stay",
    fields: [
      { name: "admission_date", kind: "date" },
      { name: "discharge_date", kind: "date" },
      { name: "room", kind: "text" },
      { name: "diagnosis", kind: "text", isWide: true },
      { name: "treating_doctor", kind: "text" },
      { name: "procedure", kind: "text", isWide: true },
      { name: "notes", kind: "area", isWide: true },
    ],
  },
];

/** What belongs to one stay alone, and is not copied to another. */
const OF_ONE_STAY = new Set<string>(["admission_date", "discharge_date", "claimed_amount", "payer_name", "notes"]);

export type FieldValues = Record<FieldName, string>;
export type FormData = Record<string, unknown>;

export const EMPTY: FieldValues = Object.fromEntries(NAMES.map((name) => [name, ""])) as FieldValues;

export interface Copied {
  values: Partial<FieldValues>;
  /** What this desk has no field for. */
  others: FormData;
}

/** What of an earlier claim's form is taken over: all but the dates and amounts of its stay. */
export function copiedFrom(form: FormData): Copied {
  const found: Copied = { values: {}, others: {} };
  for (const [name, value] of Object.entries(form)) {
    if (value === null || value === "" || isOfOneStay(name, value)) continue;
    if (isOurs(name) && (typeof value === "string" || typeof value === "number")) found.values[name] = String(value);
    else if (!isOurs(name)) found.others[name] = value;
  }
  return found;
}

export function isOurs(name: string): name is FieldName {
  return (NAMES as readonly string[]).includes(name);
}

function isOfOneStay(name: string, value: unknown): boolean {
  if (isOurs(name)) return OF_ONE_STAY.has(name);
  return OF_ONE_STAY.has(name) || /amount|_date$|^date_/.test(name) || (typeof value === "string" && /^\d{4}-\d\d-\d\d/.test(value));
}
