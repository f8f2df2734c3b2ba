// What the routes of airflow_provider_aam/ui/routes.py answer, and how to ask them.
import { useEffect, useState } from "react";

export type Part = { label: string; count: number; tone: Tone };
export type Tone = "good" | "change" | "calm" | "warn" | "bad";
export type Kind = "pull" | "push" | "plan" | "drift" | "members" | "inbound" | "stream" | "read" | "sync";
export type Task = { dag_id: string; run_id: string; task_id: string; map_index: number };
export type Note = {
  id: string;
  kind: Kind;
  at: string;
  seconds: number;
  task: Task;
  failed: boolean;
  error: string | null;
  headline: string;
  parts: Part[];
  uri: string | null;
  plan: { sha256: string; counts: Record<string, number> } | null;
  applied: Note | null;
};
export type Use = { resource: string; type: string; count: number; limit: number; documented: boolean };
export type Account = { at: string; pid: number | null; host: string; uses: Use[] };
export type Resource = "segments" | "traits";
export type ListDates = { at: string; before: string | null } | null;
export type Overview = {
  account: Account | null;
  lists: Record<Resource, ListDates>;
  notes: Record<Kind, Note[]>;
};
export type Row = {
  id: number;
  name: string;
  code: string | null;
  source: string | null;
  status: string | null;
  population: (number | null)[];
  change: (number | null)[] | null;
};
export type Rows = { total: number; rows: Row[] };
export type Plan = {
  sha256: string;
  counts: Record<string, number>;
  counts_by_kind: Record<string, Record<string, number>>;
  lines: string[];
  note: Note;
};

export class Failure extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

// Relative to the page, because Airflow may be served below a path.
const address = (path: string) => new URL(`aam/api/connections${path}`, document.baseURI);

export const pathOf = (connection: string, rest = "") => `/${encodeURIComponent(connection)}${rest}`;

async function ask<T>(path: string, signal: AbortSignal): Promise<T> {
  const response = await fetch(address(path), { signal, headers: { accept: "application/json" } });
  if (response.ok) return response.json();
  const detail = await response.json().then(
    (body) => body.detail,
    () => null,
  );
  throw new Failure(response.status, typeof detail === "string" ? detail : response.statusText);
}

// Both `data` and `failure`: the data is what was there before Airflow stopped answering.
export type Asked<T> = { data: T | null; failure: Failure | null; loading: boolean };

const REFRESH_MS = 60_000;
// Whoever lost the right, or asks for what is gone, is not shown it any longer.
const passes = ({ status }: Failure) => status === 0 || status >= 500;

// What was found last stays until something newer has come, so that nothing jumps while one types or waits, and what
// one reads is not taken away because Airflow is restarted.
export function useAsked<T>(path: string | null): Asked<T> {
  const [state, setState] = useState<Asked<T> & { of: string | null }>({
    data: null,
    failure: null,
    loading: true,
    of: path,
  });
  useEffect(() => {
    if (path === null) return;
    const controller = new AbortController();
    const load = () => {
      if (document.hidden) return;
      ask<T>(path, controller.signal).then(
        (data) => setState({ data, failure: null, loading: false, of: path }),
        (error) => {
          if (controller.signal.aborted) return;
          const failure = error instanceof Failure ? error : new Failure(0, String(error?.message ?? error));
          setState((old) => ({ ...old, data: passes(failure) && old.of === path ? old.data : null, failure, loading: false }));
        },
      );
    };
    setState((old) => ({ ...old, loading: true }));
    load();
    const timer = setInterval(load, REFRESH_MS);
    document.addEventListener("visibilitychange", load);
    return () => {
      controller.abort();
      clearInterval(timer);
      document.removeEventListener("visibilitychange", load);
    };
  }, [path]);
  return state;
}
