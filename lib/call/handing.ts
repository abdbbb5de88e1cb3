import type { After } from '../core/transition.js';
import type { Millis } from '../core/units.js';
import { mint, showing, tick, turnTo, type CallRecord, type CallTick, type CallTurn, type Wish } from './record.js';

/** How long nothing may be heard of the far side on its way to whom it was sent to. */
const patience: Millis = 30_000;

/** It has just been heard of: the wait for the next word of it begins. */
export const onItsWay = (record: CallRecord): After<CallTick> => tick(record, 'unhanded', patience);

/** Sends the far side to somebody else, by one request. */
export const hand = (record: CallRecord, wish: Extract<Wish, { readonly _tag: 'transfer' }>): CallTurn => {
  const { ref, next } = mint(record, 'transfer');
  const to = 'target' in wish.to ? wish.to.target : wish.to.call;
  const state = showing({ ...next, handing: { ...wish, taken: false } }, { transfer: { to, statusCode: 100 } });
  return turnTo(state, {
    orders: [{ _tag: 'transfer', ref, call: record.call.id, to: wish.to }, onItsWay(record)],
  });
};
