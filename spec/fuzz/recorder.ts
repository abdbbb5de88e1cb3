/** What a person who runs a client may come to read: everything but the wire, the sound, and what the far side says. */
import { firstValueFrom } from 'rxjs';
import { isLeft, type Client, type Either, type Fault, type Outcome } from 'callstream';

export type Recorder = {
  readonly note: (text: string) => void;
  readonly watch: (client: Client) => void;
  /** Notes what a command was refused with. */
  readonly heard: <A>(outcome: Outcome<A>) => Promise<Either<Fault, A>>;
  /** Notes what is thrown, and the stack with it. */
  readonly thrown: (action: () => unknown) => void;
  readonly lines: () => readonly string[];
  readonly stop: () => void;
};

const levels = ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const;

export const record = (): Recorder => {
  const lines: string[] = [];
  const note = (text: string): void => {
    lines.push(text);
  };
  const consoles = levels.map(level =>
    jest.spyOn(console, level).mockImplementation((...words: readonly unknown[]) => {
      note(words.map(String).join(' '));
    }),
  );
  return {
    note,
    watch: ({ session$, fault$ }) => {
      // They end with the client: `session$` never completes, and is let go of with it.
      session$.subscribe(session => {
        note(JSON.stringify(session));
      });
      fault$.subscribe(fault => {
        note(JSON.stringify(fault));
      });
    },
    heard: async outcome => {
      const result = await firstValueFrom(outcome);
      if (isLeft(result)) note(JSON.stringify(result.left));
      return result;
    },
    thrown: action => {
      try {
        action();
      } catch (error: unknown) {
        note(error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : String(error));
      }
    },
    lines: () => lines,
    stop: () => {
      for (const one of consoles) one.mockRestore();
    },
  };
};
