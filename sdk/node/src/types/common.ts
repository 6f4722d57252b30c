/** A JSON object, as the server sent it. */
export type JsonObject = { [key: string]: unknown };

/** A channel. Later servers may have others. */
export type Channel = 'whatsapp' | 'sms' | 'telegram' | 'voice' | (string & {});

/** A point in time: a `Date`, or ISO 8601 text with an offset from UTC, which is sent as it is. */
export type Time = Date | string;

/** What every object of an answer has. */
export interface Model {
  /** The decoded JSON, with the fields that this version of the package does not know. It is not enumerable. */
  readonly raw: Readonly<JsonObject>;
}

/** What every result of a call has. */
export interface Result extends Model {
  /** The id of the request, for the server's operator. */
  readonly requestId?: string;
}

/** What is wrong with one field of a request. */
export interface FieldError {
  /** The path of the field, such as `fallback.after` or `channels[0]`; absent when the request as a whole is wrong. */
  readonly field?: string;
  /** What is wrong with it, and what to write. */
  readonly message: string;
}

/** Filters and the size of a page, which every list with pages has. */
export interface PageParams {
  /** How many rows a page has at most. */
  limit?: number | null;
  /** The `nextCursor` of the page before. */
  cursor?: string | null;
}
