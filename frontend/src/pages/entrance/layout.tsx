/** The frame of the pages for people who are not signed in. */
import { usePrefetchQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link, Outlet } from "react-router";
import { configQuery } from "@/api/queries";
import { Heading, WindowTitle } from "@/components/page";
import { Wordmark } from "@/shell/mark";
import { LanguageChoice, ThemeChoice } from "@/shell/settings";

export default function Entrance() {
  // The server has hinted at it with the page; the sign-in page, which is next to all of these, shows it.
  usePrefetchQuery(configQuery);
  return (
    <div className="mx-auto flex min-h-dvh w-full max-w-md flex-col gap-8 px-4 py-8 sm:py-12">
      <header>
        <Link to="/sign-in" className="inline-block rounded-control">
          <Wordmark />
        </Link>
      </header>
      <main id="content" className="flex flex-1 flex-col gap-8">
        <Outlet />
      </main>
      <footer className="flex flex-wrap gap-3">
        <LanguageChoice />
        <ThemeChoice />
      </footer>
    </div>
  );
}

interface EntrancePageProps {
  title: string;
  intro?: string;
  children: ReactNode;
}

export function EntrancePage({ title, intro, children }: EntrancePageProps) {
  return (
    <>
      <WindowTitle>{title}</WindowTitle>
      <header className="flex flex-col gap-2">
        <Heading className="text-2xl">{title}</Heading>
        {intro && <p className="text-muted">{intro}</p>}
      </header>
      {children}
    </>
  );
}
