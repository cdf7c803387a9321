/** The content of documents, fetched by the signed links of the API; a link that has run out is made anew. */
import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import { Problem } from "@/api/problem";
import type { Document } from "@/api/queries";

const KEPT_MS = 3 * 60 * 1000;

export function bytesQuery(document: Document) {
  return queryOptions({
    queryKey: ["document-bytes", document.id],
    queryFn: ({ signal }) => bytesOf(document, signal),
    staleTime: Infinity,
    gcTime: KEPT_MS,
  });
}

/** The preview of a Word file. */
export function textQuery(document: Document, url: string) {
  return queryOptions({
    queryKey: ["document-text", document.id],
    queryFn: async ({ signal }) => {
      const found = await answer(url, signal);
      if (!found.ok) throw await Problem.of(found);
      return found.text();
    },
    staleTime: Infinity,
    gcTime: KEPT_MS,
  });
}

async function bytesOf(document: Document, signal: AbortSignal): Promise<Uint8Array> {
  const first = document.url ? await answer(document.url, signal) : null;
  if (first?.ok) return read(first);
  const again = await answer(await linkOf(document), signal);
  if (!again.ok) throw await Problem.of(again);
  return read(again);
}

/** A fresh link, for opening and for downloads. */
export async function linkOf({ claim_id, id }: Document): Promise<string> {
  const link = await api.get("/claims/{claim_id}/documents/{document_id}/refresh-url", { path: { claim_id, document_id: id } });
  return link.url;
}

function answer(url: string, signal: AbortSignal): Promise<Response> {
  return fetch(ownPath(url), { signal }).catch((error: unknown) => {
    throw signal.aborted ? error : Problem.unreachable();
  });
}

async function read(response: Response): Promise<Uint8Array> {
  return new Uint8Array(await response.arrayBuffer());
}

/** The link on the server that this page came from, by whichever of its names. */
export function ownPath(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}
