/** Choosing files, or taking a photo, by what looks like a button. */
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useCallback, useEffect, useRef } from "react";
import { configQuery } from "@/api/queries";
import { buttonClass } from "@/components/button";
import { cx } from "@/components/cx";
import { accepted } from "./judge";

interface PickProps {
  label: string;
  onPick: (files: File[]) => void;
  icon?: ReactNode;
  /** `photo`: with the camera, only where there is a finger to hold it. */
  takes?: "files" | "file" | "photo";
  children: ReactNode;
}

/** A file input that looks like a button. */
export function Pick({ label, onPick, icon, takes = "files", children }: PickProps) {
  const { data: config } = useQuery(configQuery);
  const listen = useListening(onPick);
  const isCamera = takes === "photo";
  const looks = "focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-focus";
  return (
    <label className={buttonClass("secondary", "small", cx(looks, isCamera && "pointer-fine:hidden"))}>
      {icon}
      <span aria-hidden>{children}</span>
      <input
        type="file"
        multiple={takes === "files"}
        aria-label={label}
        accept={isCamera ? "image/jpeg,image/png" : config && accepted(config)}
        capture={isCamera ? "environment" : undefined}
        className="sr-only"
        ref={listen}
      />
    </label>
  );
}

/** Listens itself, and to the end: while one looks for a file the page may be drawn anew, as when a draft gets its address. */
function useListening(onPick: (files: File[]) => void): (input: HTMLInputElement | null) => void {
  const latest = useRef(onPick);
  useEffect(() => {
    latest.current = onPick;
  }, [onPick]);
  return useCallback((input: HTMLInputElement | null) => {
    input?.addEventListener("change", () => {
      latest.current([...(input.files ?? [])]);
      // The same file can be chosen again after it was removed.
      input.value = "";
    });
  }, []);
}
