import { buildSipjs } from '../../scripts/sipjs.mjs';

/** Builds the part of sip.js that the adapter uses, before any spec runs. */
export default () => buildSipjs('cjs', '.reports/sipjs.cjs');
