// Receives webhooks on http://localhost:3000, without a framework:
//
//     SYSSECURE_WEBHOOK_SECRET=whsec_… node webhook_server.mjs
//
// On your own machine, `syssecure listen --forward=http://localhost:3000` brings it the events of the sandbox.
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { WebhookSignatureError, webhooks } from '@syssecure/sdk';

const secret = process.env.SYSSECURE_WEBHOOK_SECRET;

// An event can arrive again, also days later. A program with a database keeps the ids there, for three days.
const seen = new Set();

function handle(event) {
  switch (event.type) {
    case 'message.failed':
      console.log(`Message ${event.messageId} failed: ${event.reason}`);
      break;
    case 'message.received':
      console.log(`A phone wrote ${event.body?.length} characters`);
      break;
    default:
      console.log(`${event.type} at ${event.at?.toISOString()}`);
  }
}

const server = createServer(async (request, response) => {
  try {
    const body = await buffer(request);
    const event = webhooks.constructEvent(body, request.headers['x-syssecure-signature'], secret);
    const id = request.headers['x-syssecure-event-id'];
    if (!seen.has(id)) {
      seen.add(id);
      handle(event);
    }
    response.writeHead(204).end();
  } catch (error) {
    console.error(String(error));
    response.writeHead(error instanceof WebhookSignatureError ? 400 : 500).end();
  }
});
server.listen(process.env.PORT ?? 3000);
