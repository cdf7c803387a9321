/** Calls of the API, typed by its OpenAPI document: `api.get("/claims/{claim_id}", { path: { claim_id } })`.

Each resolves to the body of the answer, or throws a Problem. The session travels in a cookie that no script can read. */
import { Problem } from "./problem";
import type { components, paths } from "./schema";

type Method = "get" | "post" | "put" | "patch" | "delete";
type PathsWith<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? P : never;
}[keyof paths];
type Operation<P extends keyof paths, M extends Method> = paths[P] extends Record<M, infer O> ? O : never;
type Content<C> = C extends { content: infer Kinds }
  ? "application/json" extends keyof Kinds
    ? Kinds["application/json"]
    : undefined
  : undefined;
type Success<R> = R extends { 200: infer S } | { 201: infer S } | { 202: infer S } | { 204: infer S }
  ? Content<S>
  : never;
type Parameters<O> = O extends { parameters: infer P } ? P : never;
type Path<O> = Parameters<O> extends { path: infer V } ? { path: V } : { path?: never };
type Query<O> = Parameters<O> extends { query?: infer V } ? { query?: V } : { query?: never };
type Body<O> = O extends { requestBody: infer B }
  ? { body: Content<B> }
  : O extends { requestBody?: infer B }
    ? { body?: Content<NonNullable<B>> }
    : { body?: never };
type Extra = { signal?: AbortSignal; idempotencyKey?: string; ifMatch?: number };
type Options<P extends keyof paths, M extends Method> = Path<Operation<P, M>> &
  Query<Operation<P, M>> &
  Body<Operation<P, M>> &
  Extra;
type Answer<P extends keyof paths, M extends Method> = Operation<P, M> extends { responses: infer R } ? Success<R> : never;
/** Options may be left out where none is required. */
type Given<P extends keyof paths, M extends Method> =
  Record<string, never> extends Options<P, M> ? [options?: Options<P, M>] : [options: Options<P, M>];
type Call<M extends Method> = <P extends PathsWith<M>>(path: P, ...given: Given<P, M>) => Promise<Answer<P, M>>;

/** The shapes of the API by their names: `Schema<"ClaimOut">`. */
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

export const api = {
  get: caller("get"),
  post: caller("post"),
  put: caller("put"),
  patch: caller("patch"),
  delete: caller("delete"),
};

/** A key under which a request may be sent again without being done twice. */
export function newKey(): string {
  // Not crypto.randomUUID: that is missing on plain http addresses other than localhost.
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("-");
}

type Loose = Extra & { path?: Record<string, string>; query?: Record<string, unknown>; body?: unknown };

function caller<M extends Method>(method: M): Call<M> {
  const call = async (path: string, options: Loose = {}) => {
    const response = await fetch(address(path, options), request(method, options)).catch((error: unknown) => {
      throw options.signal?.aborted ? error : Problem.unreachable();
    });
    if (!response.ok) {
      throw await Problem.of(response);
    }
    return response.status === 204 ? undefined : response.json();
  };
  return call as unknown as Call<M>;
}

function request(method: Method, { body, idempotencyKey, ifMatch, signal }: Loose): RequestInit {
  const headers: Record<string, string> = {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (idempotencyKey) headers["Idempotency-Key"] = idempotencyKey;
  if (ifMatch !== undefined) headers["If-Match"] = `"${ifMatch}"`;
  return {
    method: method.toUpperCase(),
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  };
}

function address(path: string, { path: values = {}, query = {} }: Loose): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ""));
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return search ? `${filled}?${search}` : filled;
}
