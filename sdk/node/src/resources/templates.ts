import { operations } from '../operations.js';
import type { CallOptions } from '../options.js';
import { listPages, type PagePromise } from '../page.js';
import { Resource } from '../resource.js';
import type { Deleted } from '../types/account.js';
import type { PageParams } from '../types/common.js';
import type {
  Preview,
  Template,
  TemplateCreateParams,
  TemplateDraftParams,
  TemplatePreviewParams,
  TemplateUpdateParams,
} from '../types/templates.js';

/** Your own texts of codes, with translations. */
export class TemplatesResource extends Resource {
  /**
   * Creates a template.
   *
   * @returns the template; its `id` is the parameter `template` of `otp.send`
   * @throws BadRequestError when a text is wrong, such as one without `{{code}}`
   */
  create(params: TemplateCreateParams, options?: CallOptions): Promise<Template> {
    return this.http.call(operations.templates.create, [], params, options);
  }

  /**
   * Gets a template.
   *
   * @throws NotFoundError when there is no such template
   */
  get(templateId: string, options?: CallOptions): Promise<Template> {
    return this.http.call(operations.templates.get, [templateId], undefined, options);
  }

  /**
   * Lists templates.
   *
   * @returns the first page when awaited, or all templates with `for await`
   */
  list(params?: PageParams, options?: CallOptions): PagePromise<Template> {
    return listPages(this.http, operations.templates.list, params, options);
  }

  /**
   * Changes a template. What is absent stays as it is.
   *
   * @returns the template as it is now
   * @throws NotFoundError when there is no such template; BadRequestError when a text is wrong
   */
  update(templateId: string, params: TemplateUpdateParams, options?: CallOptions): Promise<Template> {
    return this.http.call(operations.templates.update, [templateId], params, options);
  }

  /**
   * Deletes a template.
   *
   * @throws NotFoundError when there is no such template
   */
  delete(templateId: string, options?: CallOptions): Promise<Deleted> {
    return this.http.call(operations.templates.delete, [templateId], undefined, options);
  }

  /**
   * Shows the messages that a template makes, without sending them.
   *
   * @param params what the texts are filled with; `expiresIn` is in seconds
   * @returns the message on each channel
   * @throws NotFoundError when there is no such template
   */
  preview(templateId: string, params?: TemplatePreviewParams, options?: CallOptions): Promise<Preview> {
    return this.http.call(operations.templates.preview, [templateId], params, options);
  }

  /**
   * Shows the messages that a template would make, before it is created.
   *
   * @param params the template, and what its texts are filled with; `expiresIn` is in seconds
   * @returns the message on each channel
   * @throws BadRequestError when a text is wrong
   */
  previewDraft(params: TemplateDraftParams, options?: CallOptions): Promise<Preview> {
    return this.http.call(operations.templates.previewDraft, [], params, options);
  }
}
