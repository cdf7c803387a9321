/** The addresses of filing: a draft's pages, or those of one that has no id yet. */
import { type NavigateFunction, useLocation, useNavigate, useParams } from "react-router";
import { pageAfter } from "./steps";

/** In place of a draft's id, until it has one. */
export const NEW = "new";

/** Gives the address of a page of the draft that is open. */
export function usePlace(): (page: string) => string {
  const { draft = NEW } = useParams();
  return (page) => `/file/${draft}/${page}`;
}

/** Goes on from a page: back to where the answer was to be changed, or to the next one. */
export function useGoOn(path: string): () => ReturnType<NavigateFunction> {
  const navigate = useNavigate();
  const place = usePlace();
  const { state } = useLocation() as { state: { back?: string } | null };
  return () => navigate(place(state?.back ?? pageAfter(path)));
}

/** For links to a page whose answer is to be changed: where one comes back to. */
export const CHANGE = { back: "check" } as const;
