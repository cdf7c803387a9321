/** Keys under which a form can be sent twice, as after a lost answer, and is done once. */
import { newKey } from "./client";

export class SubmissionKey {
  private content = "";
  private key = "";

  /** The same for the same content, another for other content. */
  for(content: unknown): string {
    const text = JSON.stringify(content);
    if (!this.key || text !== this.content) {
      this.content = text;
      this.key = newKey();
    }
    return this.key;
  }

  /** It was done: the same content sent again is meant. */
  done(): void {
    this.key = "";
  }
}
