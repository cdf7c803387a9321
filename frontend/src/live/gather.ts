/** What comes in bursts, handed on together. */

export interface Gathering<T> {
  add: (value: T) => void;
  stop: () => void;
}

/** Hands on what came: `wait` ms after the first of a burst, and not more often than every `apart` ms. */
export function gather<T>({ wait, apart }: { wait: number; apart: number }, take: (all: T[]) => void): Gathering<T> {
  let waiting: T[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = -Infinity;
  const hand = () => {
    const taken = waiting;
    waiting = [];
    timer = undefined;
    last = Date.now();
    take(taken);
  };
  return {
    add(value) {
      waiting.push(value);
      timer ??= setTimeout(hand, Math.max(wait, last + apart - Date.now()));
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
      waiting = [];
    },
  };
}
