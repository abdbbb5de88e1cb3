import { readFileSync } from 'node:fs';
import { messages, retryableCodes, type FaultCode } from '../lib/core/fault.js';

const readme = readFileSync('README.md', 'utf8');

describe('the README', () => {
  it('lists every fault with its meaning and whether it may be tried again', () => {
    const [, faults = ''] = readme.split('## Faults');
    const rows = [...faults.split('\n## ')[0]!.matchAll(/^\| `([a-z-]+)` +\| (.+?) +\| (yes|no) +\|$/gm)].map(
      ([, code, message, again]) => ({
        code,
        message,
        retryable: again === 'yes',
      }),
    );
    expect(rows).toEqual(
      Object.entries(messages).map(([code, message]) => ({
        code,
        message,
        retryable: retryableCodes.includes(code as FaultCode),
      })),
    );
  });

  it('has the two command lines on its first screen', () => {
    const screen = readme.split('\n').slice(0, 25).join('\n');
    expect(screen).toContain('npm install && npm start');
    expect(screen).toContain('npm install && npm test');
  });

  it('shows the picture that is there', () => {
    const [, picture = ''] = /!\[[^\]]+\]\(([^)]+)\)/.exec(readme) ?? [];
    expect(readFileSync(picture).subarray(1, 4).toString()).toBe('PNG');
  });
});
