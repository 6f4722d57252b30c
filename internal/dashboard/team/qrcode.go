package team

import (
	"fmt"
	"strings"

	"github.com/yeqown/go-qrcode/v2"
)

// qrCode is a QR code as a drawing in the page: a square of Size units, and the path of its dark modules.
type qrCode struct {
	Size int
	Path string
}

// quietZone is the empty edge that readers of QR codes need, in modules.
const quietZone = 4

// newQRCode draws a text.
func newQRCode(text string) (qrCode, error) {
	made, err := qrcode.NewWith(text, qrcode.WithEncodingMode(qrcode.EncModeByte),
		qrcode.WithErrorCorrectionLevel(qrcode.ErrorCorrectionMedium))
	var drawing drawing
	if err == nil {
		err = made.Save(&drawing)
	}
	if err != nil {
		return qrCode{}, fmt.Errorf("draw a QR code: %w", err)
	}

	return qrCode(drawing), nil
}

// drawing collects the modules of a code.
type drawing qrCode

// Write implements qrcode.Writer. Dark modules beside each other are one bar.
func (d *drawing) Write(m qrcode.Matrix) error {
	rows := m.Bitmap()
	d.Size = len(rows) + 2*quietZone
	var path strings.Builder
	for y, row := range rows {
		for x := 0; x < len(row); x++ {
			from := x
			for x < len(row) && row[x] {
				x++
			}
			if x > from {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", from+quietZone, y+quietZone, x-from, x-from)
			}
		}
	}
	d.Path = path.String()

	return nil
}

// Close implements qrcode.Writer.
func (*drawing) Close() error { return nil }
