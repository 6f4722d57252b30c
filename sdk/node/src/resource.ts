import type { Http } from './http.js';

/** A group of operations. */
export class Resource {
  /** @internal */
  protected readonly http: Http;

  /** @internal */
  constructor(http: Http) {
    this.http = http;
  }
}
