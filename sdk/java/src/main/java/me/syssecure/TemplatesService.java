package me.syssecure;

/** Your own texts of codes. */
public final class TemplatesService {
    private final AsyncTemplatesService async;

    TemplatesService(AsyncTemplatesService async) {
        this.async = async;
    }

    /**
     * Creates a template.
     *
     * @param params what to send
     * @return the template
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Template create(TemplateCreateParams params) {
        return create(params, RequestOptions.none());
    }

    /**
     * Creates a template.
     *
     * @param params  what to send
     * @param options options of this call
     * @return the template
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Template create(TemplateCreateParams params, RequestOptions options) {
        return Futures.result(async.create(params, options));
    }

    /**
     * Looks a template up.
     *
     * @param templateId the id of the template
     * @return the template
     * @throws NotFoundException when there is none with this id
     */
    public Template get(String templateId) {
        return get(templateId, RequestOptions.none());
    }

    /**
     * Looks a template up.
     *
     * @param templateId the id of the template
     * @param options    options of this call
     * @return the template
     * @throws NotFoundException when there is none with this id
     */
    public Template get(String templateId, RequestOptions options) {
        return Futures.result(async.get(templateId, options));
    }

    /**
     * Lists the templates.
     *
     * @return the first page
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Page<Template> list() {
        return list(SearchListParams.builder().build(), RequestOptions.none());
    }

    /**
     * Lists the templates.
     *
     * @param params what to list
     * @return the first page
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Page<Template> list(SearchListParams params) {
        return list(params, RequestOptions.none());
    }

    /**
     * Lists the templates.
     *
     * @param params  what to list
     * @param options options of this call
     * @return the first page
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Page<Template> list(SearchListParams params, RequestOptions options) {
        return new Page<>(Futures.result(async.list(params, options)));
    }

    /**
     * Changes a template. What is not given stays.
     *
     * @param templateId the id of the template
     * @param params     what to send
     * @return the changed template
     * @throws NotFoundException   when there is none with this id
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Template update(String templateId, TemplateUpdateParams params) {
        return update(templateId, params, RequestOptions.none());
    }

    /**
     * Changes a template. What is not given stays.
     *
     * @param templateId the id of the template
     * @param params     what to send
     * @param options    options of this call
     * @return the changed template
     * @throws NotFoundException   when there is none with this id
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Template update(String templateId, TemplateUpdateParams params, RequestOptions options) {
        return Futures.result(async.update(templateId, params, options));
    }

    /**
     * Deletes a template.
     *
     * @param templateId the id of the template
     * @return what was deleted
     * @throws NotFoundException when there is none with this id
     */
    public Deleted delete(String templateId) {
        return delete(templateId, RequestOptions.none());
    }

    /**
     * Deletes a template.
     *
     * @param templateId the id of the template
     * @param options    options of this call
     * @return what was deleted
     * @throws NotFoundException when there is none with this id
     */
    public Deleted delete(String templateId, RequestOptions options) {
        return Futures.result(async.delete(templateId, options));
    }

    /**
     * Shows what recipients would see of a template. Nothing is sent.
     *
     * @param templateId the id of the template
     * @return the text on each channel
     * @throws NotFoundException   when there is none with this id
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public TemplatePreview preview(String templateId) {
        return preview(templateId, TemplatePreviewParams.builder().build(), RequestOptions.none());
    }

    /**
     * Shows what recipients would see of a template. Nothing is sent.
     *
     * @param templateId the id of the template
     * @param params     what to send
     * @return the text on each channel
     * @throws NotFoundException   when there is none with this id
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public TemplatePreview preview(String templateId, TemplatePreviewParams params) {
        return preview(templateId, params, RequestOptions.none());
    }

    /**
     * Shows what recipients would see of a template. Nothing is sent.
     *
     * @param templateId the id of the template
     * @param params     what to send
     * @param options    options of this call
     * @return the text on each channel
     * @throws NotFoundException   when there is none with this id
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public TemplatePreview preview(String templateId, TemplatePreviewParams params, RequestOptions options) {
        return Futures.result(async.preview(templateId, params, options));
    }

    /**
     * Shows what recipients would see of a template that is not saved yet. Nothing is sent.
     *
     * @param params what to send
     * @return the text on each channel
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public TemplatePreview previewDraft(TemplatePreviewDraftParams params) {
        return previewDraft(params, RequestOptions.none());
    }

    /**
     * Shows what recipients would see of a template that is not saved yet. Nothing is sent.
     *
     * @param params  what to send
     * @param options options of this call
     * @return the text on each channel
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public TemplatePreview previewDraft(TemplatePreviewDraftParams params, RequestOptions options) {
        return Futures.result(async.previewDraft(params, options));
    }
}
