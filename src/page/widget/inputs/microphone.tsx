import { useEffect, useRef, useState } from 'preact/hooks';
import { toSpeechWav } from './recording.js';

/** A recording ends by itself after so many seconds. */
const MOST_SECONDS = 120;

type Recording =
  | { readonly kind: 'off'; readonly problem: string | null }
  | { readonly kind: 'asking' }
  | { readonly kind: 'on'; readonly recorder: MediaRecorder; readonly seconds: number };

/** Records from the microphone; gives a WAV of 16 kHz. */
export function Microphone({ onRecorded }: { readonly onRecorded: (wav: Blob) => void }) {
  const [recording, setRecording] = useState<Recording>({ kind: 'off', problem: null });
  const done = useRef(onRecorded);
  done.current = onRecorded;
  const recorder = recording.kind === 'on' ? recording.recorder : null;

  // The microphone is given back when the widget goes away, also while the browser asks for it.
  const gone = useRef(false);
  useEffect(
    () => () => {
      gone.current = true;
    },
    [],
  );
  useEffect(() => () => end(recorder), [recorder]);
  useEffect(() => {
    if (recorder === null) return undefined;
    const begin = Date.now();
    const timer = setInterval(() => {
      const seconds = Math.floor((Date.now() - begin) / 1000);
      if (seconds >= MOST_SECONDS) end(recorder);
      // One that has just ended stays so.
      else setRecording((now) => (now.kind === 'on' ? { ...now, seconds } : now));
    }, 250);
    return () => clearInterval(timer);
  }, [recorder]);

  const record = (stream: MediaStream) => {
    const made = new MediaRecorder(stream);
    const pieces: Blob[] = [];
    made.ondataavailable = ({ data }) => pieces.push(data);
    made.onstop = () => {
      release(stream);
      void toSpeechWav(new Blob(pieces, { type: made.mimeType })).then((wav) => {
        setRecording({ kind: 'off', problem: wav === null ? 'Nothing was recorded. Try again.' : null });
        if (wav !== null) done.current(wav);
      });
    };
    made.start();
    setRecording({ kind: 'on', recorder: made, seconds: 0 });
  };
  const start = async () => {
    if (recording.kind === 'asking') return;
    setRecording({ kind: 'asking' });
    let stream: MediaStream | null = null;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      if (gone.current) release(stream);
      else record(stream);
    } catch (error) {
      if (stream !== null) release(stream);
      setRecording({ kind: 'off', problem: problemOf(error) });
    }
  };

  // A browser gives the microphone only to pages of this machine, or over https.
  if (navigator.mediaDevices === undefined) return null;
  const problem = recording.kind === 'off' ? recording.problem : null;
  return (
    <>
      {recorder === null ? (
        <button
          type="button"
          class="button small"
          aria-disabled={recording.kind === 'asking'}
          onClick={() => void start()}
        >
          Record
        </button>
      ) : (
        <button type="button" class="button small is-on" onClick={() => end(recorder)}>
          Stop recording ({recording.kind === 'on' ? recording.seconds : 0} s)
        </button>
      )}
      {problem === null ? null : (
        <span class="fault" role="alert">
          {problem}
        </span>
      )}
    </>
  );
}

function release(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

function end(recorder: MediaRecorder | null): void {
  if (recorder !== null && recorder.state !== 'inactive') recorder.stop();
}

function problemOf(error: unknown): string {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError')
    return 'The browser does not give the microphone to this page. Allow it in its settings.';
  return name === 'NotFoundError' ? 'There is no microphone.' : 'The microphone cannot be used.';
}
