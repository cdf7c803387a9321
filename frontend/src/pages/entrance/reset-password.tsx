/** Where the mail about a forgotten password leads. */
import { ChoosePassword } from "./choose-password";

export default function ResetPasswordPage() {
  return <ChoosePassword purpose="reset" />;
}
