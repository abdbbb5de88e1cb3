import type { Session } from 'callstream';

/** The id of the line that carries the conversations; the other one carries the calls. */
export const chatLine = 'conversations';

/** Whether the line of the conversations is there. */
export const chatIsUp = ({ lines }: Session): boolean =>
  lines.some(({ id, connection }) => id === chatLine && connection === 'connected');

/** Whether only the line of the conversations is away: a call goes on without it. */
export const onlyChatIsLost = ({ lines }: Session): boolean =>
  lines.every(({ id, connection }) => connection === 'connected' || id === chatLine);
