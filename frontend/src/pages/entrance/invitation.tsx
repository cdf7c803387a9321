/** Where the mail of an invitation leads. */
import { ChoosePassword } from "./choose-password";

export default function InvitationPage() {
  return <ChoosePassword purpose="invitation" />;
}
