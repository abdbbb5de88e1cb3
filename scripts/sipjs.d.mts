import type { Plugin } from 'esbuild';

export const replacing: Plugin;
export const notice: () => string;
export const buildSipjs: (format: 'esm' | 'cjs', outfile: string) => Promise<void>;
