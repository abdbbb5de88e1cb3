/** The far ends of `bench/anchors.ts`, in a process of their own: each hums, and counts what it had to make up. */
import { caller, type Caller } from '../server/spec/support/caller.js';

/** One side says `offer` to each caller and answers it; `read` asks for what all have received until then. */
export type ToCallers =
  | { readonly say: 'open'; readonly count: number }
  | { readonly say: 'answer'; readonly at: number; readonly sdp: string }
  | { readonly say: 'read' };

export type FromCallers =
  | { readonly say: 'offer'; readonly at: number; readonly sdp: string }
  | { readonly say: 'read'; readonly heard: readonly Heard[]; readonly cpu: number };

/** Of one caller since it began: packets of 20 ms, and frames of 10 ms that were made up because nothing had come. */
export type Heard = { readonly packets: number; readonly lost: number; readonly concealed: number };

type Stat = {
  readonly type: string;
  readonly packetsReceived?: number;
  readonly packetsLost?: number;
  readonly concealedSamples?: number;
  readonly totalSamplesReceived?: number;
  readonly totalSamplesDuration?: number;
};

const callers: Caller[] = [];

const send = (message: FromCallers): void => void process.send?.(message);

const heardBy = async ({ connection }: Caller): Promise<Heard> => {
  const stats = [...(await connection.getStats()).values()] as Stat[];
  const stat = stats.find(({ type }) => type === 'inbound-rtp');
  const framesOf = (samples: number): number =>
    ((samples / (stat?.totalSamplesReceived || 1)) * (stat?.totalSamplesDuration ?? 0)) / 0.01;
  return {
    packets: stat?.packetsReceived ?? 0,
    lost: stat?.packetsLost ?? 0,
    concealed: framesOf(stat?.concealedSamples ?? 0),
  };
};

const perform: { readonly [Say in ToCallers['say']]: (message: ToCallers & { readonly say: Say }) => Promise<void> } = {
  open: async ({ count }) => {
    for (let at = 0; at < count; at += 1) {
      const one = caller(400);
      callers.push(one);
      send({ say: 'offer', at, sdp: await one.offer() });
    }
  },
  answer: async ({ at, sdp }) => callers[at]!.accept(sdp),
  read: async () => {
    const { user, system } = process.cpuUsage();
    send({ say: 'read', heard: await Promise.all(callers.map(heardBy)), cpu: (user + system) / 1000 });
  },
};

process.on('message', (message: ToCallers) => {
  void perform[message.say](message as never);
});
process.on('disconnect', () => process.exit(0));
