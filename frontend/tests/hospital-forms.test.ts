import { expect, it } from "vitest";
import { answerText } from "@/pages/hospital/claim/answer-text";
import { copiedFrom } from "@/pages/hospital/fields";
import { keptName } from "@/pages/hospital/claim/question";
import { keptFor, unsentUnder } from "@/pages/hospital/kept";
import type { HospitalClaim } from "@/pages/hospital/queries";
import { HOSPITAL } from "@/pages/hospital/submit/draft";
import type { PickedFile } from "@/uploads/upload-list";

it("copies all but the dates and amounts of the earlier stay, and keeps what it has no field for", () => {
  const form = {
    patient_name: "Ravi", age: 24, date_of_birth: "2002-01-01", admission_date: "2026-01-01", discharge_date: "2026-01-02",
    claimed_amount: 100, payer_name: "S", notes: "old", room: "", tpa: { code: 4 }, surgery_date: "x", seen: "2026-01-01", estimate_amount: 5,
  };
  expect(copiedFrom(form)).toEqual({
    values: { patient_name: "Ravi", age: "24", date_of_birth: "2002-01-01" },
    others: { tpa: { code: 4 } },
  });
});

it("keeps what was filled in as it would be submitted, with the age as a number, and finds it again", () => {
  const answers = { ...HOSPITAL.empty, patient_name: " Ravi ", age: "24", claimed_amount: "1,000", others: { tpa: 1 }, payer_id: "p1" };
  const content = HOSPITAL.to(answers);
  expect(content).toEqual({ hospital_id: null, payer_id: "p1", form_data: { tpa: 1, patient_name: "Ravi", age: 24, claimed_amount: "1000" } });
  expect(HOSPITAL.of(content)).toEqual({ ...answers, patient_name: "Ravi", claimed_amount: "1000" });
  expect(HOSPITAL.to(HOSPITAL.empty)).toEqual({ hospital_id: null, payer_id: null, form_data: null });
  expect(HOSPITAL.to({ ...HOSPITAL.empty, payer_name: "Suraksha" })).toMatchObject({ form_data: { payer_name: "Suraksha" } });
  expect(HOSPITAL.of({})).toEqual(HOSPITAL.empty);
});

it("answers item by item, then in free words", () => {
  const file = (name: string, slot: string, state = "done") => ({ name, slot, state }) as unknown as PickedFile;
  const files = [file("a.pdf", "item-0"), file("b.pdf", "item-0"), file("c.pdf", ""), file("d.pdf", "item-1", "failed")];
  const values = { note_0: "two pages", note_1: " is lost " };
  expect(answerText(["Bill", "Chart"], values, files, " Bye ")).toBe("Bill: a.pdf, b.pdf; two pages\nChart: is lost\n\nBye");
  expect(answerText([], {}, [], "Bye")).toBe("Bye");
});

it("what was begun is found again by its owner alone, until it is sent", () => {
  const kept = keptFor("me", "claim/answer", { text: "" });
  kept.change({ text: "half" });
  expect(keptFor("me", "claim/answer", { text: "" }).read()).toEqual({ text: "half" });
  expect(unsentUnder("me", "claim/").map(([name]) => name)).toEqual(["answer"]);
  expect(unsentUnder("other", "claim/")).toEqual([]);
  kept.clear();
  expect(unsentUnder("me", "claim/")).toEqual([]);
});

it("what was written for a question that a colleague has answered is no answer to the next one", () => {
  const claim = (...answered: (string | null)[]) =>
    ({ status_group: "waiting", queries: answered.map((at, place) => ({ id: `q${place + 1}`, answered_at: at })) }) as unknown as HospitalClaim;
  expect(keptName(claim(null), "answer_query")).toBe("answer_query/q1");
  expect(keptName(claim("2026-01-01", null), "answer_query")).toBe("answer_query/q2");
  expect(keptName({ ...claim("2026-01-01"), status_group: "decided" }, "contest")).toBe("contest");
});
