// Shows the tests that failed, and then how many passed.
import { inspect } from 'node:util';

export default async function* report(events) {
  const counts = { pass: 0, fail: 0 };
  for await (const { type, data } of events) {
    // A file is reported as a test, too, but one that holds others.
    if ((type === 'test:pass' || type === 'test:fail') && data.details.type !== 'suite') {
      counts[type.slice('test:'.length)] += 1;
    }
    if (type === 'test:fail') {
      yield `FAIL ${data.file}: ${data.name}\n${inspect(data.details.error.cause ?? data.details.error)}\n`;
    }
    if (type === 'test:stderr') {
      yield data.message;
    }
  }
  yield `${counts.pass} passed, ${counts.fail} failed\n`;
}
