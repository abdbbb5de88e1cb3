// Sums the runners' own reports: total.mjs <steps that failed> <report>…; a report that is missing is a failure.
import { existsSync, readFileSync } from 'node:fs';

const [broken, ...reports] = process.argv.slice(2);
const counts = reports.map(file => {
  if (!existsSync(file)) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, numFailedTestSuites = 0 } = JSON.parse(readFileSync(file, 'utf8'));
  return { passed: numPassedTests, failed: Math.max(numFailedTests, numFailedTestSuites) };
});
const passed = counts.reduce((sum, count) => sum + count.passed, 0);
const inReports = counts.reduce((sum, count) => sum + count.failed, 0);
// A step can fail without a failing test (a lint error, a build): it counts as one.
const failed = Math.max(inReports, Number(broken));
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
