/** Of all tabs of a browser one leads: it does what needs to be done once. */

export interface Leading {
  /** Takes the lead from a tab that does not answer, such as one that a phone has put to sleep. */
  take: () => void;
  stop: () => void;
}

/** Calls `begin` when this tab comes to lead, and what that gives when it leads no longer. */
export function lead(begin: () => () => void): Leading {
  // Missing on plain http addresses other than localhost: there each tab does it that is looked at.
  return "locks" in navigator ? byLock(begin) : whileVisible(begin);
}

const LOCK = "insurenz-live";

function byLock(begin: () => () => void): Leading {
  let end: (() => void) | undefined;
  let turn = new AbortController();
  const compete = (steal: boolean) => {
    const { signal } = (turn = new AbortController());
    const hold = () =>
      new Promise<void>((release) => {
        const finish = begin();
        end = () => {
          end = undefined;
          finish();
          release();
        };
        if (signal.aborted) end();
      });
    navigator.locks.request(LOCK, steal ? { steal } : { signal }, hold).catch(() => {
      // Another has taken the lead; this one waits for its turn.
      if (signal.aborted) return;
      end?.();
      compete(false);
    });
  };
  compete(false);
  return {
    take() {
      if (end) return;
      turn.abort();
      compete(true);
    },
    stop() {
      turn.abort();
      end?.();
    },
  };
}

function whileVisible(begin: () => () => void): Leading {
  let end: (() => void) | undefined;
  const stop = () => {
    end?.();
    end = undefined;
  };
  const look = () => {
    if (document.visibilityState === "visible") end ??= begin();
    else stop();
  };
  document.addEventListener("visibilitychange", look);
  look();
  return {
    take: () => undefined,
    stop() {
      document.removeEventListener("visibilitychange", look);
      stop();
    },
  };
}
