import fc from 'fast-check';
import { readFrame } from '../../lib/service/frame.js';
import { isRight } from '../../lib/core/either.js';
import { parseJson } from '../../lib/service/codec-shapes.js';

describe('service: Socket.IO frame', () => {
  it.each<[frame: string, told: object]>([
    ['0{"sid":"x","pingInterval":25000,"pingTimeout":20000}', { _tag: 'handshake', quiet: 45000 }],
    ['0{"sid":"x","pingInterval":"often"}', { _tag: 'handshake' }],
    ['0', { _tag: 'malformed', why: 'the handshake is none' }],
    ['1', { _tag: 'bye' }],
    ['2', { _tag: 'ping' }],
    ['3', { _tag: 'other' }],
    ['6', { _tag: 'other' }],
    ['40{"sid":"x"}', { _tag: 'connected', namespace: '' }],
    ['40/elsewhere,{"sid":"x"}', { _tag: 'connected', namespace: '/elsewhere' }],
    ['41', { _tag: 'disconnected', namespace: '' }],
    ['41/elsewhere,', { _tag: 'disconnected', namespace: '/elsewhere' }],
    ['41/elsewhere', { _tag: 'disconnected', namespace: '/elsewhere' }],
    ['42["a",{"b":1}]', { _tag: 'event', name: 'a', payload: { b: 1 } }],
    ['4212["a"]', { _tag: 'event', name: 'a', payload: undefined, ack: '12' }],
    ['42/elsewhere,["a"]', { _tag: 'other' }],
    ['430[]', { _tag: 'other' }],
    ['44{"message":"no"}', { _tag: 'refused', namespace: '', message: 'no' }],
    ['44', { _tag: 'refused', namespace: '' }],
    ['44/elsewhere,{"message":"no"}', { _tag: 'refused', namespace: '/elsewhere', message: 'no' }],
    ['42', { _tag: 'malformed', why: 'it is no JSON' }],
    ['427["a",', { _tag: 'malformed', why: 'it is no JSON', ack: '7' }],
    ['42{"a":1}', { _tag: 'malformed', why: 'the event has no name' }],
    ['42[7]', { _tag: 'malformed', why: 'the event has no name' }],
    ['451-["a",{"_placeholder":true,"num":0}]', { _tag: 'malformed', why: 'it is binary' }],
    ['452-78["a",{"_placeholder":true,"num":0}]', { _tag: 'malformed', why: 'it is binary', ack: '78' }],
    ['451-/elsewhere,7["a",{"_placeholder":true,"num":0}]', { _tag: 'malformed', why: 'it is binary' }],
    ['461-7[{"_placeholder":true,"num":0}]', { _tag: 'malformed', why: 'it is none of this protocol' }],
    ['45["a"]', { _tag: 'malformed', why: 'it is binary' }],
    ['4', { _tag: 'malformed', why: 'it is none of this protocol' }],
    ['', { _tag: 'malformed', why: 'it is none of this protocol' }],
    ['hello', { _tag: 'malformed', why: 'it is none of this protocol' }],
  ])('%s', (frame, told) => {
    expect(readFrame(frame)).toEqual(told);
  });

  it('is dropped when it is binary, too long, or nested too deeply', () => {
    expect(readFrame(new ArrayBuffer(3))).toEqual({ _tag: 'malformed', why: 'it is binary' });
    expect(readFrame(`423["a","${'x'.repeat(11 * 1024 * 1024)}"]`)).toEqual({
      _tag: 'malformed',
      why: 'it is too long',
      ack: '3',
    });
    for (const deep of ['['.repeat(100_000), `["a",${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}]`])
      expect(readFrame(`42${deep}`)).toMatchObject({ _tag: 'malformed' });
  });

  it('is read whatever it is', () => {
    const anything = fc.oneof(fc.string(), fc.tuple(fc.constantFrom('0', '40', '42', '421', '44', '45'), fc.string()));
    fc.assert(
      fc.property(
        anything,
        frame => typeof readFrame(typeof frame === 'string' ? frame : frame.join(''))._tag === 'string',
      ),
    );
  });
});

describe('parseJson', () => {
  it('reads what JSON.parse reads, however long its texts and whatever is quoted in them', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), fc.string(), (value, said) => {
        const json = JSON.stringify([value, `${said}\\"[{`.repeat(300)]);
        expect(parseJson(json)).toEqual({ _tag: 'Right', right: JSON.parse(json) as unknown });
      }),
    );
  });

  it.each([
    [512, true],
    [513, false],
  ])('reads %i levels: %s', (levels, read) => {
    const nested = '['.repeat(levels) + '"\\\\"' + ']'.repeat(levels);
    expect(isRight(parseJson(nested.replace('"\\\\"', `"${'['.repeat(600)}"`)))).toBe(read);
  });
});
