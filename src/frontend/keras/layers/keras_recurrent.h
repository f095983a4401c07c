/* What the table of recurrent layers holds of each. */
#ifndef TFP_KERAS_LAYERS_RECURRENT_H
#define TFP_KERAS_LAYERS_RECURRENT_H


enum cell { CELL_SIMPLE, CELL_GRU, CELL_LSTM, CELL_CONV_LSTM };

struct layer_of_cell {
    const char *cell; /* class of the cell within, which has the layer's configuration */
};

#endif
