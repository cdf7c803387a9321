/** A picture: fitted, zoomed and turned like a page. */
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Document } from "@/api/queries";
import { bytesQuery } from "./bytes";
import type { Looking } from "./looking";
import { Scroller } from "./scroller";
import { useSize } from "./sizes";
import { Spots } from "./spots";
import { Opening, Unreadable } from "./unreadable";
import { MARGIN, type Size, scaleOf, turnedSize } from "./view";

export function ImageView({ document, looking }: { document: Document; looking: Looking }) {
  const { data: bytes, error } = useQuery(bytesQuery(document));
  const [isBroken, setBroken] = useState(false);
  const { onPages } = looking;
  useEffect(() => onPages(1, null), [onPages]);
  if (error || isBroken) return <Unreadable document={document} error={error} />;
  if (!bytes) return <Opening document={document} />;
  return <Picture document={document} bytes={bytes} looking={looking} onBroken={() => setBroken(true)} />;
}

interface PictureProps {
  document: Document;
  bytes: Uint8Array;
  looking: Looking;
  onBroken: () => void;
}

function Picture({ document, bytes, looking, onBroken }: PictureProps) {
  const box = useRef<HTMLDivElement>(null);
  const window = useSize(box);
  const [own, setOwn] = useState<Size>({ width: document.width ?? 800, height: document.height ?? 600 });
  const show = useCallback((picture: HTMLImageElement | null) => (picture ? shown(picture, bytes) : undefined), [bytes]);
  const { view, onShown } = looking;
  const scale = window ? scaleOf(view, own, window) : 0;
  useEffect(() => onShown(scale), [scale, onShown]);
  const { width, height } = turnedSize(own, view.rotation);
  const transform = useMemo(() => `translate(-50%, -50%) rotate(${view.rotation}deg)`, [view.rotation]);
  return (
    <Scroller box={box} name={document.file_name} looking={looking} pages={1} isReady={scale > 0}>
      {scale > 0 && (
        <div data-page={1} className="relative mx-auto shrink-0" style={{ width: width * scale, height: height * scale, marginBlock: MARGIN / 2 }}>
          <img
            ref={show}
            alt={document.file_name}
            className="absolute start-1/2 top-1/2 max-w-none"
            style={{ width: own.width * scale, height: own.height * scale, transform }}
            onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => setOwn({ width: naturalWidth, height: naturalHeight })}
            onError={onBroken}
          />
          <Spots looking={looking} page={1} />
        </div>
      )}
    </Scroller>
  );
}

/** The bytes as the picture's source, for as long as it is there. */
function shown(picture: HTMLImageElement, bytes: Uint8Array): () => void {
  const url = URL.createObjectURL(new Blob([bytes.slice()]));
  picture.src = url;
  return () => URL.revokeObjectURL(url);
}
