/** Who is signed in, and how one signs in and out. The session's cookie is out of the reach of scripts. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { cache, endSession } from "./cache";
import { type Schema, api } from "./client";
import { Problem } from "./problem";

export type Me = Schema<"MeOut">;
export type Role = "policyholder" | "hospital_user" | "claim_processor" | "admin" | "auditor";

/** null: nobody is signed in. */
export const meQuery = queryOptions({ queryKey: ["me"], queryFn: readMe, staleTime: Infinity });

async function readMe(): Promise<Me | null> {
  // The server says with the page whether the browser sent a session's cookie.
  if (document.documentElement.dataset.session === "none") return null;
  try {
    return await api.get("/auth/me");
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null;
    throw error;
  }
}

/** The person in front of the screen; only for what is shown inside the shell. */
export function useMe(): Me {
  const { data } = useQuery(meQuery);
  if (!data) throw new Error("useMe is for pages of signed-in people");
  return data;
}

/** The role without its level. */
export function roleOf(me: Me): Role {
  return me.role.replace(/_l\d$/, "") as Role;
}

export async function signIn(email: string, password: string): Promise<void> {
  const me = await api.post("/auth/web-login", { body: { email, password } });
  document.documentElement.dataset.session = "some";
  cache.setQueryData(meQuery.queryKey, me);
}

/** The page is loaded anew: nothing of what was read or written stays in its memory. */
export async function signOut(): Promise<void> {
  await api.post("/auth/logout");
  // The server sends nothing here any more; the browser need not listen either.
  if (mayShowNotices()) await import("@/push/device").then(({ unsubscribe }) => unsubscribe()).catch(() => undefined);
  window.location.assign("/app/sign-in");
}

/** Whether somebody has let this browser show notices: only then there is anything to keep right. */
export function mayShowNotices(): boolean {
  return "Notification" in window && Notification.permission === "granted" && "serviceWorker" in navigator;
}

/** After the server has ended the session itself, as a change of password does. */
export function forgetSession(): void {
  document.documentElement.dataset.session = "none";
  endSession();
}
